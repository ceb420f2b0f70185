/** A template or path that is not one: thrown with the words that say why, caught where templates are used. */
export class BadTemplate extends Error {}
