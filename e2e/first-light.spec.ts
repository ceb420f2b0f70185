import { execFileSync } from 'node:child_process'
import { expect, test } from 'playwright/test'
import { CREATE, DEPTHS, Stage } from './stage'

test('a Deployment is created at the prompt and stepped through with the buttons to the end, back and forward again; each depth has the same ends', async ({
  page,
}) => {
  const stage = await Stage.open(page)
  const idle = await stage.picture()
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  let end: unknown
  for (const depth of DEPTHS) {
    await stage.depth(depth)
    await page.keyboard.press('Home')
    await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
    expect(await stage.picture()).toEqual(idle)
    const [, count] = await stage.position()
    expect(count).toBeGreaterThan(5)
    if (depth === 'Story') await stage.stepToEnd()
    else await page.keyboard.press('End')
    await expect(stage.root).toHaveAttribute('data-state', 'idle')
    end ??= await stage.picture()
    expect(await stage.picture()).toEqual(end)
    if (depth !== 'Story') continue
    for (let n = count - 1; n >= 0; n--) await stage.press('Back', n)
    expect(await stage.picture()).toEqual(idle)
    await stage.stepToEnd()
    expect(await stage.picture()).toEqual(end)
  }
  expect(JSON.stringify(end)).toContain('Running')
  expect(stage.complaints).toEqual([])
})

test('every chapter and every beat has a caption in English and in Chinese', async ({ page }) => {
  test.setTimeout(240_000)
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await stage.depth('Requests')
  const captions = new Set<string>()
  const [from, count] = await stage.position()
  for (let n = from + 1; n <= count; n++) {
    await stage.press('Step', n)
    const english = await stage.caption.innerText()
    expect(english, `beat ${n}`).toMatch(/[a-z]{3}/)
    expect(english, `beat ${n}`).not.toMatch(/[{}]|undefined|NaN|\[object|^[a-z]+\.[a-z.]+$/)
    captions.add(english)
  }
  expect(captions.size).toBeGreaterThan(20)
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByTestId('position').click()
  await page.keyboard.press('1')
  await page.keyboard.press('Home')
  await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
  const total = (await stage.position())[1]
  for (let n = 1; n <= total; n++) {
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('position')).toContainText(new RegExp(`^${n}\\s*/`))
    const chinese = await stage.caption.innerText()
    expect(chinese, `chapter ${n}`).toMatch(/[\u4e00-\u9fff]{2}/)
    expect(chinese, `chapter ${n}`).not.toMatch(/[{}]|undefined|NaN/)
  }
  expect(stage.complaints).toEqual([])
})

test('the same seed and commands give the same trace in the browser worker and in Node', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  const [log, hash, length] = await page.evaluate(
    async () => [await window.kubestage?.log(), await window.kubestage?.hash(), window.kubestage?.frame()?.length] as const,
  )
  const node = execFileSync('node', ['tools/run-ts.mjs', 'tools/replay.ts', String(length)], {
    input: JSON.stringify(log),
    encoding: 'utf8',
  })
  expect(node.trim()).toBe(hash)
})

test('a command in the past starts a branch, says so before, and the old future can be returned to', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  const count = await stage.stepToEnd()
  const end = await stage.picture()
  await stage.press('Back', count - 1)
  await stage.press('Back', count - 2)
  await page.getByRole('textbox', { name: 'kubectl' }).fill('delete deployment web')
  await expect(page.getByText(/branch/i).first()).toBeVisible()
  await page.getByRole('textbox', { name: 'kubectl' }).press('Enter')
  await expect.poll(async () => page.evaluate(() => window.kubestage?.frame()?.branches.length)).toBe(2)
  await page.keyboard.press('Escape')
  await page
    .getByRole('button', { name: /return/i })
    .first()
    .click()
  await expect.poll(async () => page.evaluate(() => window.kubestage?.frame()?.branch)).toBe(0)
  await page
    .getByTestId('stage')
    .focus()
    .catch(() => {})
  await page.getByTestId('position').click()
  await page.keyboard.press('End')
  await expect.poll(() => stage.picture()).toEqual(end)
  expect(stage.complaints).toEqual([])
})

test('a refused request ends in the pipeline with the words of kubectl, and the simulation goes on', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type('kubectl create deployment Web_1 --image=nginx')
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await stage.stepToEnd()
  await expect(stage.terminal).toContainText('failed to create deployment: Deployment.apps "Web_1" is invalid')
  await stage.type('kubectl frobnicate')
  await expect(stage.terminal).toContainText('unknown command "frobnicate" for "kubectl"')
  await stage.type('kubectl get pods')
  await expect(stage.terminal).toContainText('No resources found in default namespace.')
  expect(stage.complaints).toEqual([])
})

test('any arrow can be asked for its request and its cause', async ({ page }) => {
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  await stage.depth('Requests')
  const { packets } = await page.evaluate(async () => {
    const found: { seq: number; reason: string; root: string }[] = []
    const length = window.kubestage?.frame()?.length ?? 0
    for (let seq = 2; seq <= length; seq += 37) {
      const detail = await window.kubestage?.inspect(seq)
      if (detail) found.push({ seq, reason: detail.entry.reason, root: (detail.causes.at(-1)?.entry ?? detail.entry).reason })
    }
    return { packets: found }
  })
  expect(packets.length).toBeGreaterThan(30)
  for (const p of packets) expect(['user.command', 'kernel.boot'], `entry ${p.seq}`).toContain(p.root)
  await page.keyboard.press('End')
  await page.getByRole('button', { name: 'Why?' }).click()
  await expect(page.getByText(/kubectl create deployment web/).first()).toBeVisible()
  expect(stage.complaints).toEqual([])
})
