aws eks update-nodegroup-config --cluster-name kfo-prod --nodegroup-name apps --scaling-config minSize=3,maxSize=8,desiredSize=7
:answer name-the-cause maxPods
:advance 8m
