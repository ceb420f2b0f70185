/** The processes of the cluster that a person can stop and start. */
import { useSession } from '../session/session'
import type { RoomId } from '../session/types'

/** The containers' processes are the runtime's, and kubectl's is the person's. */
export const isProcess = (room: string): boolean =>
  /^(apiserver|etcd|scheduler|controller-manager|(kubelet|kube-proxy|runtime)\/.+)$/.test(room)

/** Stops a process, or starts it where it is stopped. */
export function turn(room: RoomId): void {
  const { frame, command } = useSession.getState()
  void command({ type: frame?.view.stopped.includes(room) ? 'start' : 'stop', room })
}
