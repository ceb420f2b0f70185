/** Whether every word on the page can be read: none is cut off, none lies on another, at each step, in both languages, on both screens. */
import { expect, type Page, test } from 'playwright/test'
import { CREATE, Stage } from './stage'

/** Words that are cut off by what holds them, that leave the screen, or that lie on others. */
async function unreadable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Box {
      readonly left: number
      readonly right: number
      readonly top: number
      readonly bottom: number
    }
    const isShown = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    const found: { text: string; element: Element; box: Box }[] = []
    const problems: string[] = []
    const words = document.createTreeWalker(document.querySelector('main')?.parentElement?.parentElement ?? document.body, 4)
    for (let node = words.nextNode(); node; node = words.nextNode()) {
      const [text, element] = [node.textContent?.trim() ?? '', node.parentElement]
      // Names at rest are shown as far as whole lines have room; lists for screen readers are not seen.
      if (!text || !element || !isShown(element) || element.closest('.visually-hidden, option, [class*="atRest"]')) continue
      const { clipPath, color } = getComputedStyle(element)
      if (clipPath !== 'none' || color === 'rgba(0, 0, 0, 0)') continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const { left, right, top, bottom, width } of range.getClientRects()) {
        if (width < 1) continue
        const box = { left, right, top, bottom }
        let isGone = false
        for (let holder: Element | null = element; holder && !isGone; holder = holder.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(holder)
          if (overflowX === 'visible' && overflowY === 'visible') continue
          const frame = holder.getBoundingClientRect()
          const scrolls = /auto|scroll/.test(overflowX + overflowY)
          if (!scrolls && (right > frame.right + 1.5 || bottom > frame.bottom + 3)) problems.push(`cut off: ${text}`)
          isGone = top >= frame.bottom - 1 || bottom <= frame.top + 1 || left >= frame.right - 1
        }
        if (isGone) continue
        if (right > innerWidth + 1 || bottom > innerHeight + 1) problems.push(`off the screen: ${text}`)
        found.push({ text, element, box })
      }
    }
    found.forEach((a, i) => {
      for (const b of found.slice(i + 1)) {
        if (a.element === b.element) continue
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (width > 1.5 && height > 4) problems.push(`on each other: ${a.text} / ${b.text}`)
      }
    })
    return [...new Set(problems)]
  })
}

for (const locale of ['en-US', 'zh-CN'])
  for (const [width, height] of [
    [1440, 900],
    [1280, 720],
  ] as const)
    test.describe(`${width}×${height}, ${locale}`, () => {
      test.use({ locale, viewport: { width, height } })

      test('every word can be read at each chapter and at requests of a Deployment and of its rolling update', async ({
        page,
      }) => {
        test.setTimeout(120_000)
        const stage = await Stage.open(page)
        expect(await unreadable(page), 'at rest').toEqual([])
        const key = async (name: string) => {
          await page.getByTestId('position').click()
          await page.keyboard.press(name)
          await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60))))
        }
        for (const line of [CREATE, 'kubectl set image deployment/web nginx=nginx:1.28']) {
          await stage.type(line)
          await expect(stage.root).toHaveAttribute('data-state', 'paused')
          for (const [depth, stride] of [
            ['1', 1],
            ['2', 12],
          ] as const) {
            await key(depth)
            const [, count] = await stage.position()
            for (let [n] = await stage.position(); n < count; n += stride) {
              for (let i = 1; i < stride; i++) await page.keyboard.press('ArrowRight')
              await key('ArrowRight')
              expect(await unreadable(page), `depth ${depth}, step ${n + stride}`).toEqual([])
            }
            if (depth === '1') for (let i = 0; i < 4; i++) await key('ArrowLeft')
          }
          await key('End')
          await expect(stage.root).toHaveAttribute('data-state', 'idle')
        }
        for (const room of ['apiserver', 'etcd', 'scheduler', 'kubelet/node-1', 'runtime/node-2']) {
          await page.locator(`[data-room="${room}"] > button`).click({ position: { x: 8, y: 8 } })
          await page.getByRole('button', { name: /^(Stop|停止) / }).click()
          await expect(page.locator(`[data-room="${room}"][data-stopped]`)).toHaveCount(1)
          await key('End')
          expect(await unreadable(page), `${room} is stopped`).toEqual([])
        }
        expect(stage.complaints).toEqual([])
      })
    })
