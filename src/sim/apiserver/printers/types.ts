/** How one kind becomes rows of a Table. Models pkg/printers/interface.go and tablegenerator.go. */
import type { KubeObject, TableColumn, TableRow } from '../../api/types'
import type { Time } from '../../kernel/types'

export type Cell = TableRow['cells'][number]
export type RowConditions = TableRow['conditions']

/** The columns of a kind, and the cells of an object in them. A row has the wide cells, too: the client leaves them out. */
export interface Printer {
  readonly columns: readonly TableColumn[]
  readonly row: (object: KubeObject, now: Time) => Cell[]
  /** Conditions of the row itself: that a Pod has completed. */
  readonly conditions?: (object: KubeObject) => RowConditions
}

/** Printers by kind, as a file of this folder exports them. */
export type Printers = Readonly<Record<string, Printer>>

/** A column that is always shown. */
export const column = (name: string, type: TableColumn['type'] = 'string'): TableColumn => ({
  name,
  type,
  format: name === 'Name' ? 'name' : '',
  description: '',
  priority: 0,
})
/** A column that `-o wide` adds. */
export const wideColumn = (name: string, type: TableColumn['type'] = 'string'): TableColumn => ({
  ...column(name, type),
  priority: 1,
})

/**
 * A printer out of columns and a function of the kind's own type. The registry finds it by the object's kind, so the object has
 * that type.
 */
export const printer = <T>(
  columns: readonly TableColumn[],
  row: (object: T, now: Time) => Cell[],
  conditions?: (object: T) => RowConditions,
): Printer => ({
  columns,
  row: (object, now) => row(object as unknown as T, now),
  ...(conditions && { conditions: (object: KubeObject) => conditions(object as unknown as T) }),
})

/** Name and age, which nearly every kind has. */
export const NAME = column('Name')
export const AGE = column('Age')
