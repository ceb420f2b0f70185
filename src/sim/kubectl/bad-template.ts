/** A template or path that is not one: thrown with the words that say why, caught where templates are used. */
export class BadTemplate extends Error {}

/** It cannot even be read; other problems show when it meets an object. */
export class UnreadableTemplate extends BadTemplate {}
