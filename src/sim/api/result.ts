/** A value, or why there is none. Expected failures are values; `error` is in the words of the Go code that is modelled. */
export type Result<T> = { readonly value: T; readonly error?: undefined } | { readonly value?: undefined; readonly error: string }

export const ok = <T>(value: T): Result<T> => ({ value })
export const fail = (error: string): { readonly error: string } => ({ error })
