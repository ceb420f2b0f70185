import { expect, test } from 'playwright/test'

test('the page opens without a word on the console and without asking any other host', async ({ page, baseURL }) => {
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(baseURL ?? '') && !/^(data|blob):/.test(url)) complaints.push(`request to ${url}`)
  })

  await page.goto('./')
  await expect(page).toHaveTitle(/Kubestage/)
  await expect(page.locator('#root')).not.toBeEmpty()
  await page.waitForLoadState('networkidle')
  expect(complaints).toEqual([])
})
