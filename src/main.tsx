import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'reactflow/dist/base.css'
import './ui/shared/tokens.css'
import './ui/shared/base.css'
import { App } from './ui/app'
import { offerHandle } from './ui/session/handle'
import { useSession } from './ui/session/session'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root"')

offerHandle()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

/** Development may show a fixture instead of a cluster: `?fixture`. It is never part of a build. */
const fixture = import.meta.env.DEV && new URLSearchParams(location.search).has('fixture')
if (fixture) void import('./ui/testing/fake-session').then(({ startFake }) => startFake())
else void useSession.getState().start()
