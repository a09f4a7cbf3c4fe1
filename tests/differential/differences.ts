/** Lines on which ours differs from the real kubectl on purpose, each with its reason. */
export const differences: Readonly<Record<string, string>> = {
  'kubectl run x --image=nginx --restart=Never --expose --port=80 --dry-run=client -o yaml':
    'the real one prints the separator between its two documents twice',
  'kubectl rollout undo deploy/orders --dry-run=client':
    'the real one prints the whole template into the middle of the message; ours says what would happen',
  'kubectl apply -f unknown-kind.yaml':
    'ours gives the message of a cluster that serves OpenAPI for its groups, as clusters at work do',
  'kubectl events -o name': 'the real one prints nothing at all; ours prints the names',
};
