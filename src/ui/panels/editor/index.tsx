/** The YAML editor: of the object that a `kubectl edit` is about, else of a manifest. */
import { useDraft } from '../draft'
import type { Panel } from '../types'
import { EditObject } from './edit'
import { Manifest } from './manifest'

const Editor: Panel = ({ close }) => {
  const line = useDraft(state => state.edits.at(-1)?.line)
  return line === undefined ? <Manifest /> : <EditObject key={line} line={line} close={close} />
}

export default Editor
