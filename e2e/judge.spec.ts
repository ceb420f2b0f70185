/** What somebody does who doubts the stage: there and back again, any arrow, no word on the console. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from 'playwright/test'
import { CREATE, DEPTHS, Stage } from './stage'

/** Presses a key until the position is `to`, and says what the page shows after each press: the caption and all words on the map. */
async function walk(page: Page, key: 'ArrowRight' | 'ArrowLeft', to: number): Promise<string[]> {
  return page.evaluate(
    async ([which, end]) => {
      const text = (id: string) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ''
      const position = () => Number.parseInt(text('position'), 10)
      const shown: string[] = []
      while (position() !== end) {
        const before = position()
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: which, bubbles: true }))
        while (position() === before) await new Promise(done => setTimeout(done, 4))
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
        const view = window.kubestage?.frame()?.view
        shown.push(JSON.stringify([position(), text('caption'), text('stage'), view]))
      }
      return shown
    },
    [key, to] as const,
  )
}

for (const depth of DEPTHS) {
  test(`${depth}: each step shows the same on the way there, on the way back and on the way there again`, async ({ page }) => {
    test.setTimeout(120_000)
    const stage = await Stage.open(page)
    // One Pod has as many kinds of steps as three, and a third of the walk.
    await stage.type(depth === 'Internals' ? CREATE.replace('replicas=3', 'replicas=1') : CREATE)
    await expect(stage.root).toHaveAttribute('data-state', 'paused')
    await stage.depth(depth)
    await page.getByTestId('position').click()
    await page.keyboard.press('Home')
    await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
    const idle = await stage.root.textContent()
    const [, count] = await stage.position()
    const there = await walk(page, 'ArrowRight', count)
    const back = await walk(page, 'ArrowLeft', 0)
    const again = await walk(page, 'ArrowRight', count)
    expect(there).toHaveLength(count)
    expect(again).toEqual(there)
    expect(back.slice(0, -1).reverse()).toEqual(there.slice(0, -1))
    await walk(page, 'ArrowLeft', 0)
    expect(await stage.root.textContent()).toBe(idle)
    expect(stage.complaints).toEqual([])
  })
}

/** The same ten of `count` each time: chance is an argument. */
function chosen(count: number, many: number): number[] {
  let seed = 7
  const some = new Set<number>()
  while (some.size < many) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    some.add(1 + (seed % count))
  }
  return [...some].sort((a, b) => a - b)
}

test('ten arrows, clicked on the map, say their request, who sent it, what came of it, and the chain of causes to the command', async ({
  page,
}) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await stage.depth('Requests')
  await page.getByTestId('position').click()
  await page.keyboard.press('Home')
  await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
  const [, count] = await stage.position()
  const kinds = new Set<string>()
  let asked = 0
  for (const n of chosen(count, 24)) {
    await walk(page, 'ArrowRight', n)
    const arrow = stage.root.locator('button[data-entry]').first()
    if (asked === 10 || !(await arrow.isVisible())) continue
    asked++
    const kind = (await arrow.getAttribute('data-kind')) ?? ''
    const entry = Number(await arrow.getAttribute('data-entry'))
    kinds.add(kind)
    await arrow.click()
    const inspector = page.getByRole('complementary', { name: 'Inspect' })
    const detail = await page.evaluate(seq => window.kubestage?.inspect(seq), entry)
    expect(detail?.causes.at(-1)?.entry.reason, `${kind} at ${n}`).toBe('user.command')
    await expect(inspector).toContainText(`#${entry}`)
    await expect(inspector).toContainText('You: kubectl create deployment web')
    await expect(inspector.locator(`[data-to-room="${detail?.entry.room}"]`).first(), `${kind} at ${n}`).toBeVisible()
    const { reason, args } = detail?.entry ?? { reason: '', args: {} }
    if (reason === 'http.request') {
      await expect(inspector).toContainText(/(GET|POST|PUT|PATCH|DELETE) \/apis?\//)
      await expect(inspector).toContainText(/(200 OK|201 Created|409 Conflict)/)
    }
    if (reason === 'http.response') await expect(inspector).toContainText(String(args.code))
    if (reason === 'watch.event') await expect(inspector).toContainText(String(args.event))
  }
  expect(asked).toBe(10)
  expect(kinds.size).toBeGreaterThan(1)
  expect(stage.complaints).toEqual([])
})

for (const look of ['light', 'dark', 'presenter'] as const) {
  test(`the stage breaks no rule of accessibility: ${look}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' })
    const stage = await Stage.open(page)
    await expect(page.locator('html')).toHaveAttribute('data-theme', look === 'dark' ? 'dark' : 'light')
    await stage.type(CREATE)
    await expect(stage.root).toHaveAttribute('data-state', 'paused')
    if (look === 'presenter') await page.getByRole('button', { name: 'Present', exact: true }).click()
    else await page.getByRole('button', { name: 'Why?' }).click()
    await page.keyboard.press('Home')
    await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
    const [, count] = await stage.position()
    // In the fourth chapter a write is refused, in the last one Pods come up.
    await walk(page, 'ArrowRight', look === 'light' ? count : 4)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])).toEqual(
      [],
    )
    expect(stage.complaints).toEqual([])
  })
}

test('a metrics server has its house when its manifests are applied, says where it runs, and has none a step before they were', async ({
  page,
}) => {
  const stage = await Stage.open(page)
  const house = page.locator('[data-room="metrics-server"]')
  await expect(house).toHaveCount(0)
  await page.getByRole('button', { name: 'YAML' }).click()
  await page.locator('.cm-content').fill(METRICS_SERVER)
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('position').click()
  await expect(house).toHaveCount(0)
  await page.keyboard.press('End')
  await expect(house).toContainText(/runs in its Pod on node-\d/)
  // Two looks at the nodes make a measurement: they come when they are let come.
  for (let i = 0; i < 2; i++) {
    const end = await page.evaluate(() => window.kubestage?.frame()?.end)
    await page.getByTestId('skip').click()
    await expect.poll(() => page.evaluate(() => window.kubestage?.frame()?.end)).toBeGreaterThan(end ?? 0)
  }
  await expect(house).toContainText('3/3 answered')
  await stage.type('kubectl top nodes')
  await page.getByTestId('position').click()
  await stage.depth('Requests')
  await page.keyboard.press('End')
  await expect(stage.root).toHaveAttribute('data-state', 'idle')
  await expect(stage.terminal).toContainText('CPU(cores)')
  const [, count] = await stage.position()
  const handedOn = stage.root.locator('[data-packet][data-to="metrics-server"]')
  for (let n = count - 1; n > count - 8 && (await handedOn.count()) === 0; n--) await walk(page, 'ArrowLeft', n)
  await expect(handedOn).toHaveCount(1)
  await expect(page.locator('[data-wire="metrics-server→apiserver"]')).toHaveAttribute('data-kind', 'request')
  await page.keyboard.press('Home')
  await expect(house).toHaveCount(0)
  expect(stage.complaints).toEqual([])
})

/** The Deployment of a metrics server, and the APIService that leads to it. */
const METRICS_SERVER = `apiVersion: v1
kind: ServiceAccount
metadata: {name: metrics-server, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:metrics-server}
rules:
- {apiGroups: [""], resources: [nodes/metrics], verbs: [get]}
- {apiGroups: [""], resources: [pods, nodes], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: system:metrics-server}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:metrics-server}
subjects: [{kind: ServiceAccount, name: metrics-server, namespace: kube-system}]
---
apiVersion: v1
kind: Service
metadata: {name: metrics-server, namespace: kube-system}
spec: {selector: {k8s-app: metrics-server}, ports: [{name: https, port: 443, targetPort: 10250}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: metrics-server, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: metrics-server}}
  template:
    metadata: {labels: {k8s-app: metrics-server}}
    spec:
      serviceAccountName: metrics-server
      containers: [{name: metrics-server, image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0"}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100,
   insecureSkipTLSVerify: true, service: {name: metrics-server, namespace: kube-system}}
`
