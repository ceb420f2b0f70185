import type { Panel } from '../types'

/** Stands in until the panel is built. */
const Placeholder: Panel = () => null

export default Placeholder
