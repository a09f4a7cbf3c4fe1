/** Files that stand in the home directory of both machines. */
export const files: Readonly<Record<string, string>> = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
`,
  'web2.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {tier: front}
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.28
`,
  'broken.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: [1\n',
  'colon.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x: y\n',
  'tab.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata:\n  name: x\n',
  'noversion.yaml': 'kind: ConfigMap\nmetadata:\n  name: x\n',
  'unknown-kind.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: x\n',
  'unknown-field.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndatas:\n  a: b\n',
  'wrong-type.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  replicas: "three"\n  selector:\n    matchLabels: {a: b}\n  template:\n    metadata:\n      labels: {a: b}\n    spec:\n      containers:\n      - name: a\n        image: b\n',
  'invalid.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  selector:\n    matchLabels: {a: b}\n  template:\n    metadata:\n      labels: {a: c}\n    spec:\n      containers:\n      - name: A_\n        image: b\n',
  'other-ns.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: load\ndata:\n  a: "1"\n',
  'missing-ns.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: nowhere\n',
  'empty.yaml': '',
  'dir/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dir-a\ndata:\n  k: v\n',
  'dir/b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dir-b"},"data":{"k":"v"}}',
  'dir/notes.txt': 'not a manifest',
  'nothing/notes.txt': 'not a manifest',
  'app.properties': 'color=blue\nsize=3\n',
  'columns.txt': 'NAME NODE\n.metadata.name .spec.nodeName\n',
  'name.tpl': '{.metadata.name}',
};
