/** What framer-motion needs to let pods appear and leave, and no gestures; loaded after the first paint. */
export { domMin as default } from 'framer-motion'
