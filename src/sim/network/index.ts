export { createNetwork, type NetworkState } from './network'
