export { createKubeProxy, type KubeProxyState } from './kube-proxy'
