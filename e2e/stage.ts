/** What the journeys have in common: opening the stage, typing at the prompt, stepping. */
import { expect, type Locator, type Page } from 'playwright/test'
import type {} from '../src/ui/session/handle'

export const DEPTHS = ['Story', 'Requests', 'Internals'] as const
export const CREATE = 'kubectl create deployment web --image=nginx:1.27 --replicas=3'

/** The stage of a page, by its hooks. */
export class Stage {
  /** What should never be: errors and warnings on the console, exceptions. */
  readonly complaints: string[] = []

  constructor(readonly page: Page) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', error => this.complaints.push(error.stack ?? error.message))
  }

  static async open(page: Page, query = ''): Promise<Stage> {
    const stage = new Stage(page)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(`./${query}`)
    await expect.poll(() => stage.picture(), { timeout: 20_000 }).toBeDefined()
    await expect(page.locator('[data-testid="stage"]:not([aria-busy])')).toHaveAttribute('data-state', 'idle')
    return stage
  }

  get root(): Locator {
    return this.page.getByTestId('stage')
  }
  get caption(): Locator {
    return this.page.getByTestId('caption')
  }
  get terminal(): Locator {
    return this.page.getByTestId('terminal')
  }

  /** n and N of "n / N". */
  async position(): Promise<readonly [number, number]> {
    const text = (await this.page.getByTestId('position').textContent()) ?? ''
    const match = /(\d+)\s*\/\s*(\d+)/.exec(text)
    return [Number(match?.[1]), Number(match?.[2])]
  }

  async type(line: string): Promise<void> {
    const prompt = this.page.getByRole('textbox', { name: 'kubectl' })
    await prompt.fill(line)
    await prompt.press('Enter')
  }

  async depth(name: (typeof DEPTHS)[number]): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Depth' }).getByRole('radio', { name }).click()
    await expect(this.page.getByRole('radio', { name })).toBeChecked()
  }

  /** Presses a button once and waits until the position says so. */
  async press(name: 'Step' | 'Back', to: number): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click()
    await expect(this.page.getByTestId('position')).toContainText(new RegExp(`^${to}\\s*/`))
  }

  async stepToEnd(): Promise<number> {
    const [from, count] = await this.position()
    for (let n = from + 1; n <= count; n++) await this.press('Step', n)
    return count
  }

  /** What the cluster on the stage holds, in words: rooms, pods and numbers. */
  async picture(): Promise<unknown> {
    return this.page.evaluate(() => {
      const view = window.kubestage?.frame()?.view
      return view && { nodes: view.nodes, workloads: view.workloads, services: view.services, etcd: view.etcd }
    })
  }
}
