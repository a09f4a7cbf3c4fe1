aws eks update-nodegroup-config --cluster-name kfo-prod --nodegroup-name apps --scaling-config minSize=3,maxSize=10,desiredSize=9
:answer name-the-cause ip
:advance 25m
