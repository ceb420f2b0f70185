export { createScheduler } from './scheduler'
