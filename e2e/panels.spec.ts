import { expect, test } from 'playwright/test'
import { CREATE, Stage } from './stage'

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: mine
spec:
  replicas: 2
  selector:
    matchLabels: {app: mine}
  template:
    metadata:
      labels: {app: mine}
    spec:
      containers:
      - name: web
        image: nginx:1.27
`

test('a manifest of one’s own is checked at its lines, applied, and stepped through', async ({ page }) => {
  const stage = await Stage.open(page)
  await page.getByRole('button', { name: 'YAML' }).click()
  const editor = page.locator('.cm-content')
  await editor.fill('apiVersion: v1\nkind: Pod\n  metadata: {name: bad}\n')
  await expect(page.locator('.cm-line').nth(2).locator('.cm-lintRange-error').first()).toBeVisible()
  await editor.fill(MANIFEST.replace('replicas: 2', 'replica: 2'))
  const unknown = page.locator('.cm-line').nth(5).locator('.cm-lintRange-warning').first()
  await expect(unknown).toBeVisible()
  await unknown.hover()
  await expect(page.getByText('strict decoding error: unknown field "spec.replica"')).toBeVisible()
  await editor.fill(MANIFEST)
  await expect(unknown).toHaveCount(0)
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await page.keyboard.press('Escape')
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect(stage.terminal).toContainText('deployment.apps/mine created')
  expect(JSON.stringify(await stage.picture())).toContain('"Running"')
  expect(stage.complaints).toEqual([])
})

test('kubectl edit opens the object in the editor, keeps what was begun, shows what is refused, and saves what is not', async ({
  page,
}) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect(stage.root).toHaveAttribute('data-state', 'idle')
  await stage.type('kubectl edit deploy web')
  await expect(page.getByRole('heading', { name: 'kubectl edit deploy web' })).toBeVisible()
  const line = (text: string) => page.locator('.cm-line', { hasText: text }).first()
  await expect(line('Please edit the object below')).toBeVisible()
  const replace = async (before: string, after: string) => {
    await line(before).click()
    await page.keyboard.press('End')
    for (const _ of before.split(': ')[1] ?? '') await page.keyboard.press('Backspace')
    await page.keyboard.type(after)
  }
  await replace('replicas: 3', '-1')
  // closed by accident: nothing is lost
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'YAML' }).click()
  await expect(line('replicas: -1')).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByTestId('editor-answer')).toContainText('error: deployments.apps "web" is invalid')
  await expect(line('* spec.replicas: Invalid value: -1')).toBeVisible()
  await replace('replicas: -1', '2')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('complementary')).toHaveCount(0)
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect(stage.terminal).toContainText('deployment.apps/web edited')
  await stage.type('kubectl get deployment web')
  await expect(stage.terminal).toContainText('2/2')
  // the manifest is as it was
  await page.getByRole('button', { name: 'YAML' }).click()
  await expect(page.getByRole('button', { name: 'Apply', exact: true })).toBeVisible()
  expect(stage.complaints).toEqual([])
})

test('a worker that dies says what happened, and the commands so far can be replayed', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  const end = await page.evaluate(() => window.kubestage?.frame()?.length)
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('the stage hand tripped')
    })
  })
  await expect(page.getByText(/the stage hand tripped/)).toBeVisible()
  await page.getByRole('button', { name: 'Restart and replay' }).click()
  await expect
    .poll(async () => page.evaluate(() => window.kubestage?.frame()?.length))
    .toBeGreaterThanOrEqual(end ?? Number.POSITIVE_INFINITY)
  await expect(stage.terminal).toContainText('deployment.apps/web created')
})

test('the log and the ladder show the entries of the step, and an entry leads to the inspector', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await stage.stepToEnd()
  await page.getByRole('button', { name: 'Log', exact: true }).click()
  await expect(page.getByText(/POST|PATCH/).first()).toBeVisible()
  await page.getByRole('button', { name: 'Ladder', exact: true }).click()
  await expect(page.getByText('kube-apiserver').first()).toBeVisible()
  await page.getByRole('button', { name: 'etcd: look inside' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Keys, newest first')).toBeVisible()
  expect(stage.complaints).toEqual([])
})

test('a request to a Service is followed to a container and back', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect(stage.root).toHaveAttribute('data-state', 'idle')
  await stage.type('kubectl expose deployment web --port=80')
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect(stage.root).toHaveAttribute('data-state', 'idle')
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(/Search/).fill('web')
  await page
    .getByRole('option', { name: /service.*web/i })
    .first()
    .click()
  await page.getByRole('button', { name: /Send a request from node-1/ }).click()
  await expect(stage.caption).toContainText('request is on its way to')
  await stage.depth('Requests')
  await stage.stepToEnd()
  expect(stage.complaints).toEqual([])
})

test('a port is forwarded: the prompt stays free, curl is led into the Pod and back, and Ctrl-C ends it', async ({ page }) => {
  const stage = await Stage.open(page)
  const prompt = page.getByRole('textbox', { name: 'kubectl' })
  const toEnd = async () => {
    await expect(stage.root).toHaveAttribute('data-state', 'paused')
    await page.getByTestId('position').click()
    await page.keyboard.press('End')
    await expect(stage.root).toHaveAttribute('data-state', 'idle')
  }
  await stage.type(CREATE)
  await toEnd()
  await stage.type('curl localhost:8080')
  await expect(stage.terminal).toContainText('curl: (7) Failed to connect to localhost port 8080')
  await stage.type('kubectl port-forward deploy/web 8080:80')
  await expect(stage.terminal).toContainText('Forwarding from [::1]:8080 -> 80')
  await expect(stage.caption).toContainText('gets a connection to the Pod')
  await expect(prompt).toHaveAttribute('placeholder', /port-forward/)
  await stage.type('curl localhost:8080')
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await expect(stage.caption).toContainText('curl connects to localhost:8080')
  await expect(stage.terminal).toContainText('Handling connection for 8080')
  await expect(stage.terminal).not.toContainText('Welcome to nginx')
  const [n] = await stage.position()
  await stage.press('Step', n + 1)
  await expect(stage.caption).toContainText('whose runtime asks port 80 in the Pod')
  await expect(stage.terminal).toContainText('<h1>Welcome to nginx!</h1>')
  const hops = await page.evaluate(() => window.kubestage?.frame()?.scene?.packets.map(({ from, to }) => `${from} → ${to}`))
  expect(hops?.map(hop => hop.replace(/node-\d/g, 'node'))).toEqual([
    'kubectl → apiserver',
    'apiserver → kubelet/node',
    'kubelet/node → runtime/node',
    'runtime/node → kubelet/node',
    'kubelet/node → apiserver',
    'apiserver → kubectl',
  ])
  await prompt.press('Control+c')
  await expect(prompt).not.toHaveAttribute('placeholder', /port-forward/)
  await stage.type('curl localhost:8080')
  await expect(stage.terminal).toContainText(/Could not connect to server[\s\S]*Could not connect to server/)
  expect(stage.complaints).toEqual([])
})

test('a process is stopped where one looks into it: its room says so, what needs it fails, and all goes on when it is started', async ({
  page,
}) => {
  const stage = await Stage.open(page)
  const room = (name: string) => page.locator(`[data-room="${name}"]`)
  const look = (name: string) => page.getByRole('button', { name: `${name}: look inside` }).click()
  const toEnd = async () => {
    await page.getByTestId('position').click()
    await page.keyboard.press('End')
  }
  for (const [name, label] of [
    ['etcd', 'etcd'],
    ['kubelet/node-1', 'kubelet node-1'],
  ] as const) {
    await look(label)
    await page.getByRole('button', { name: /^Stop / }).click()
    await expect(room(name)).toContainText('stopped')
    await expect(stage.caption).toContainText('You stop')
    await toEnd()
  }
  await expect(page.locator('[data-wire*="etcd"]')).toHaveCount(0)
  await expect(page.locator('[data-wire^="kubelet/node-2"]')).toHaveCount(1)
  await stage.type('kubectl create deployment web --image=nginx:1.27')
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await toEnd()
  await expect(page.locator('[data-wire^="kubelet/node-1"]')).toHaveCount(0)
  await expect(stage.terminal).toContainText('code = Unavailable')
  await page.getByRole('button', { name: /^Start / }).click()
  await expect(room('kubelet/node-1')).not.toContainText('stopped')
  await look('etcd')
  await page.getByRole('button', { name: 'Start etcd' }).click()
  await expect(stage.caption).toContainText('You start')
  await expect(room('etcd')).not.toContainText('stopped')
  await toEnd()
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await toEnd()
  await expect(stage.terminal).toContainText('deployment.apps/web created')
  expect(stage.complaints).toEqual([])
})
