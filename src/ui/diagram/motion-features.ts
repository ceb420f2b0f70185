/** What framer-motion needs to move rooms and pods; loaded after the first paint. */
export { domAnimation as default } from 'framer-motion'
