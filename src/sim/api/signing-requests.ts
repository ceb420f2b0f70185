/** What is asked of CertificateSigningRequests by more than one room. */

/** Of a request, what has become of it. */
interface Answered {
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type: string }[] }
}

/** extractCSRStatus: `Approved,Issued`. A denial outweighs an approval. */
export function signingState({ status }: Answered): string {
  const has = (type: string): boolean => status?.conditions?.some(condition => condition.type === type) ?? false
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending']
  if (has('Failed')) words.push('Failed')
  if (status?.certificate) words.push('Issued')
  return words.join(',')
}
