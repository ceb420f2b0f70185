import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { expect, type Page, test } from 'playwright/test'

/** Collects what should never be: words on the console, exceptions, and requests that leave the folder of the page. */
function complaintsOf(page: Page, folder: string): string[] {
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(folder) && !/^(data|blob):/.test(url)) complaints.push(`request to ${url}`)
  })
  return complaints
}

test('the page opens without a word on the console and without asking any other host', async ({ page, baseURL }) => {
  const complaints = complaintsOf(page, baseURL ?? '')
  await page.goto('./')
  await expect(page).toHaveTitle(/Kubestage/)
  await expect(page.locator('#root')).not.toBeEmpty()
  await page.waitForLoadState('networkidle')
  expect(complaints).toEqual([])
})

test('the build works from any path of a plain file server', async ({ page }) => {
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  }
  const server = createServer(async (request, response) => {
    const path = request.url?.match(/^\/deep\/inside\/([^?]*)/)?.[1]
    const file = path === '' ? 'index.html' : (path ?? 'outside')
    const body = await readFile(`dist/${file}`).catch(() => undefined)
    response.writeHead(body ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/json' }).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const folder = `http://127.0.0.1:${(server.address() as AddressInfo).port}/deep/inside/`
  const complaints = complaintsOf(page, folder)
  await page.goto(folder)
  await expect(page.locator('#root')).not.toBeEmpty()
  await page.waitForLoadState('networkidle')
  expect(complaints).toEqual([])
  server.close()
})
