import { expect, test } from 'playwright/test'
import { CREATE, Stage } from './stage'

test.use({ viewport: { width: 1280, height: 720 } })

test('a class is shown a Deployment in the presenter look: the stage, the caption and the bar, by the clicker’s keys, in large type', async ({
  page,
}) => {
  test.setTimeout(120_000)
  const stage = await Stage.open(page)
  await stage.type(CREATE)
  await expect(stage.root).toHaveAttribute('data-state', 'paused')
  const inspect = page.getByRole('button', { name: 'Inspect' })
  await expect(inspect).toBeVisible()
  await page.getByRole('button', { name: 'Present', exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'presenter')
  await expect(inspect).toBeHidden()

  await page.keyboard.press('Home')
  await expect(page.getByTestId('position')).toContainText(/^0\s*\//)
  const [, count] = await stage.position()
  for (let n = 1; n <= count; n++) {
    await page.keyboard.press('PageDown')
    await expect(page.getByTestId('position')).toContainText(new RegExp(`^${n}\\s*/`))
    expect(await stage.caption.innerText()).toMatch(/[a-z]{3}/)
    expect(await whatIsTooSmall(stage), `chapter ${n}`).toEqual([])
    expect(await stage.page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), `chapter ${n}`).toBe(true)
  }
  await expect(stage.root).toHaveAttribute('data-state', 'idle')
  await page.keyboard.press('PageUp')
  await expect(page.getByTestId('position')).toContainText(new RegExp(`^${count - 1}\\s*/`))

  await page.keyboard.press('.')
  const blank = page.getByRole('button', { name: 'Press any key to go on' })
  await expect(blank).toBeVisible()
  await page.keyboard.press('PageDown')
  await expect(blank).toBeHidden()
  await expect(page.getByTestId('position')).toContainText(new RegExp(`^${count - 1}\\s*/`))

  await page.keyboard.press('Escape')
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', 'presenter')
  await expect(inspect).toBeVisible()
  expect(stage.complaints).toEqual([])
})

/** Words on the stage and in the caption that the back row cannot read: under 14 pixels on the screen, at the zoom that is on. */
async function whatIsTooSmall(stage: Stage): Promise<string[]> {
  return stage.root.evaluate(root => {
    const zoom = new DOMMatrix(getComputedStyle(root.querySelector('.react-flow__viewport') ?? root).transform).a
    const small: string[] = []
    const words = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let node = words.nextNode(); node; node = words.nextNode()) {
      const element = node.parentElement
      if (
        !element ||
        !node.textContent?.trim() ||
        element.closest('.react-flow__attribution, ul[aria-label="Messages of this step"]')
      )
        continue
      const { fontSize, color, visibility } = getComputedStyle(element)
      if (visibility === 'hidden' || color === 'rgba(0, 0, 0, 0)') continue
      const size = Number.parseFloat(fontSize) * (element.closest('.react-flow__viewport') ? zoom : 1)
      if (size < 13.95) small.push(`${size.toFixed(1)} px: ${node.textContent.trim()}`)
    }
    return small
  })
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

  test('the room that a step is about is seen whole and in letters that can be read, the stage keeps its size, and all of it can be seen', async ({
    page,
  }) => {
    const stage = await Stage.open(page)
    await page.getByRole('button', { name: 'Create a Deployment' }).click()
    await expect(stage.root).toHaveAttribute('data-state', 'paused')
    const zoom = () =>
      stage.root.evaluate(
        root => new DOMMatrix(getComputedStyle(root.querySelector('.react-flow__viewport') ?? root).transform).a,
      )
    const { height } = (await stage.root.boundingBox()) ?? { height: 0 }
    const [from, count] = await stage.position()
    for (let n = from; n <= count; n++) {
      if (n > from) await stage.press('Step', n)
      const lead = await page.evaluate(() => window.kubestage?.frame()?.scene?.lead.room)
      const room = page.locator(`[data-room="${lead === 'user' ? 'kubectl' : lead}"]`).first()
      await expect.poll(async () => isWithin(await room.boundingBox(), 390), `chapter ${n}: ${lead}`).toBe(true)
      expect(await zoom()).toBeGreaterThan(0.7)
      expect((await stage.root.boundingBox())?.height, `chapter ${n}`).toBe(height)
    }
    await page.getByRole('button', { name: 'kube-proxy node-3: look inside' }).dispatchEvent('click')
    await page.getByRole('button', { name: /^Stop kube-proxy/ }).click()
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await expect.poll(async () => isWithin(await page.locator('[data-room="kube-proxy/node-3"]').boundingBox(), 390)).toBe(true)
    await page.getByRole('button', { name: 'Fit the stage' }).click()
    await expect.poll(zoom).toBeLessThan(0.5)
    for (const room of ['kubectl', 'etcd', 'node/node-3'])
      await expect.poll(async () => isWithin(await page.locator(`[data-room="${room}"]`).boundingBox(), 390), room).toBe(true)
    expect(stage.complaints).toEqual([])
  })
})

const isWithin = (box: { readonly x: number; readonly width: number } | null, width: number): boolean =>
  box !== null && box.x >= -1 && box.x + box.width <= width + 1
