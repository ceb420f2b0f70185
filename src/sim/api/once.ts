/** Makes the text of a name once: every message is looked up by such texts, and the same text is found faster than an equal one. */
export function once<Text extends string>(make: (name: string) => Text): (name: string) => Text {
  const made = new Map<string, Text>()
  return name => {
    let text = made.get(name)
    if (text === undefined) {
      text = make(name)
      made.set(name, text)
    }
    return text
  }
}
