/** YAML that keeps the order of keys, as `aws eks update-kubeconfig` writes kubeconfig files. */
import { Document } from 'yaml';

export function orderedYaml(value: unknown): string {
  const document = new Document(value);
  return document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true });
}
