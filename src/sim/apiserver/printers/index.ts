/**
 * Tables, as the apiserver prints them for `kubectl get`.
 * Models pkg/printers/internalversion/printers.go and k8s.io/apiserver/pkg/registry/rest/table.go.
 */
import type { KubeList, KubeObject, Table, TableRow } from '../../api/types'
import type { Time } from '../../kernel/types'
import { autoscalingPrinters } from './autoscaling'
import { batchPrinters } from './batch'
import { certificatePrinters } from './certificates'
import { clusterPrinters } from './cluster'
import { configPrinters } from './config'
import { controlPrinters } from './control'
import { eventPrinters } from './events'
import { networkPrinters } from './network'
import { podPrinters } from './pods'
import { rbacPrinters } from './rbac'
import { servicePrinters } from './services'
import { storagePrinters } from './storage'
import { type Cell, column, NAME, type Printer, type Printers } from './types'
import { workloadPrinters } from './workloads'

export { podStatus } from './pods'

const PRINTERS: Printers = {
  ...podPrinters,
  ...workloadPrinters,
  ...batchPrinters,
  ...servicePrinters,
  ...networkPrinters,
  ...clusterPrinters,
  ...certificatePrinters,
  ...configPrinters,
  ...autoscalingPrinters,
  ...storagePrinters,
  ...rbacPrinters,
  ...eventPrinters,
  ...controlPrinters,
}

/** Of kinds that have no printer: name and creation. Models rest.NewDefaultTableConvertor. */
const GENERIC: Printer = {
  columns: [NAME, column('Created At', 'date')],
  row: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null],
}

/** How much of each object a row carries (the query parameter `includeObject`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

export interface TableOptions {
  /** Ages are from creation to now. */
  readonly now: Time
  /** `Metadata` unless it says otherwise. */
  readonly includeObject?: IncludeObject
  /** Metadata of the list; a single object's Table has the object's resourceVersion. */
  readonly listMetadata?: KubeList['metadata']
}

/** The columns of a kind, for tables that have no rows. */
export const columnsOf = (kind: string): Table['columnDefinitions'] => [...(PRINTERS[kind] ?? GENERIC).columns]

/** The Table of some objects of one kind. Rows share the objects. */
export function printTable(kind: string, objects: readonly KubeObject[], options: TableOptions): Table {
  const { now, includeObject = 'Metadata', listMetadata } = options
  const printer = PRINTERS[kind] ?? GENERIC
  const only = objects.length === 1 ? objects[0] : undefined
  return {
    apiVersion: 'meta.k8s.io/v1',
    kind: 'Table',
    metadata: listMetadata ?? { resourceVersion: only?.metadata.resourceVersion ?? '' },
    columnDefinitions: [...printer.columns],
    rows: objects.map(object => rowOf(printer, object, now, includeObject)),
  }
}

function rowOf(printer: Printer, object: KubeObject, now: Time, includeObject: IncludeObject): TableRow {
  const conditions = printer.conditions?.(object)
  const row = { cells: filled(printer.row(object, now), printer.columns), object: included(object, includeObject) }
  return conditions === undefined ? row : { ...row, conditions }
}

/** A field that an object does not say is its type's zero in Go. */
const filled = (cells: Cell[], columns: Printer['columns']): Cell[] =>
  cells.includes(undefined as unknown as Cell) ? cells.map((cell, i) => cell ?? (columns[i]?.type === 'integer' ? 0 : '')) : cells

function included(object: KubeObject, include: IncludeObject): KubeObject {
  if (include === 'Object') return object
  // The row is sent with "object": null; nobody reads it.
  if (include === 'None') return null as unknown as KubeObject
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata }
}
