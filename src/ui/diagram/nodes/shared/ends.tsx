/** Where wires meet a house. React Flow wants to know; the wires themselves are drawn along the layout's points. */
import { Handle, Position } from 'reactflow'

const HIDDEN = { opacity: 0, pointerEvents: 'none' } as const

export function Ends() {
  return (
    <>
      <Handle type="source" position={Position.Right} isConnectable={false} style={HIDDEN} />
      <Handle type="target" position={Position.Left} isConnectable={false} style={HIDDEN} />
    </>
  )
}
