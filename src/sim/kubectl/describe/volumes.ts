// Models describeVolumes and the print…VolumeSource functions of kubectl's describe.go, of the volumes that are not a cloud's.
import type { ProjectedVolumeSource, Volume } from 'kubernetes-types/core/v1'
import { isZero, quantity } from '../../api/quantity'
import { writeClaim } from './claims'
import { sortedBy } from './format'
import type { Writer } from './writer'

/** Writes what follows the volume's name, at level 2. */
type Source<Name extends keyof Volume> = (writer: Writer, source: NonNullable<Volume[Name]>) => void
type Sources = { readonly [Name in Exclude<keyof Volume, 'name'>]?: Source<Name> }

/** A type, and fields below it. */
function fields(writer: Writer, type: string, ...lines: readonly (readonly [string, string | number | boolean | undefined])[]) {
  writer.line(2, 'Type:', type)
  for (const [title, value] of lines) writer.line(2, `${title}:`, String(value ?? ''))
}

const HOST_PATH: Source<'hostPath'> = (writer, { path, type }) =>
  fields(writer, 'HostPath (bare host directory volume)', ['Path', path], ['HostPathType', type ?? '<none>'])
const NFS: Source<'nfs'> = (writer, { server, path, readOnly = false }) =>
  fields(
    writer,
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    ['Server', server],
    ['Path', path],
    ['ReadOnly', readOnly],
  )

/** In the order in which kubectl looks for them. */
const SOURCES: Sources = {
  hostPath: HOST_PATH,
  emptyDir: (writer, { medium, sizeLimit }) =>
    fields(
      writer,
      "EmptyDir (a temporary directory that shares a pod's lifetime)",
      ['Medium', medium],
      ['SizeLimit', sizeLimit === undefined || isZero(quantity(sizeLimit)) ? '<unset>' : sizeLimit],
    ),
  secret: (writer, { secretName, optional = false }) =>
    fields(writer, 'Secret (a volume populated by a Secret)', ['SecretName', secretName], ['Optional', optional]),
  configMap: (writer, { name, optional = false }) =>
    fields(writer, 'ConfigMap (a volume populated by a ConfigMap)', ['Name', name], ['Optional', optional]),
  nfs: NFS,
  persistentVolumeClaim: (writer, { claimName, readOnly = false }) =>
    fields(
      writer,
      'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
      ['ClaimName', claimName],
      ['ReadOnly', readOnly],
    ),
  ephemeral: (writer, { volumeClaimTemplate }) => {
    fields(writer, 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)')
    if (volumeClaimTemplate) writeClaim(writer, 2, volumeClaimTemplate)
  },
  downwardAPI: (writer, { items = [] }) => {
    fields(writer, 'DownwardAPI (a volume populated by information about the pod)')
    writer.line(2, 'Items:')
    for (const { fieldRef, resourceFieldRef, path } of items) {
      if (fieldRef) writer.line(3, `${fieldRef.fieldPath} -> ${path}`)
      if (resourceFieldRef) writer.line(3, `${resourceFieldRef.resource} -> ${path}`)
    }
  },
  projected: writeProjected,
  csi: (writer, { driver, fsType, readOnly = false, volumeAttributes }) => {
    fields(
      writer,
      'CSI (a Container Storage Interface (CSI) volume source)',
      ['Driver', driver],
      ['FSType', fsType],
      ['ReadOnly', readOnly],
    )
    volumeAttributesLines(writer, volumeAttributes)
  },
}

function writeProjected(writer: Writer, { sources = [] }: ProjectedVolumeSource): void {
  writer.line(2, 'Type:', 'Projected (a volume that contains injected data from multiple sources)')
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources) {
    const reference = secret ?? configMap
    if (secret) writer.line(2, 'SecretName:', secret.name ?? '')
    else if (downwardAPI) writer.line(2, 'DownwardAPI:', 'true')
    else if (configMap) writer.line(2, 'ConfigMapName:', configMap.name ?? '')
    else if (serviceAccountToken) {
      writer.line(2, 'TokenExpirationSeconds:', String(serviceAccountToken.expirationSeconds ?? 3600))
    }
    if (reference && !(downwardAPI && !secret)) writer.line(2, 'Optional:', String(reference.optional === true))
  }
}

/** Attributes of a CSI volume, one a line. Models printCSIPersistentVolumeAttributesMultiline, indentation and all. */
function volumeAttributesLines(writer: Writer, attributes: Readonly<Record<string, string>> | undefined): void {
  const lines = sortedBy(Object.entries(attributes ?? {}), ([key]) => key).map(([key, value]) => `${key}=${value}`)
  if (lines.length === 0) writer.line(2, 'VolumeAttributes:', '<none>')
  lines.forEach((line, index) => {
    const text = line.length > 140 ? `${line.slice(0, 140)}...` : line
    writer.line(2, index === 0 ? 'VolumeAttributes:' : '', `    ${text}`)
  })
}

export function writeVolumes(writer: Writer, volumes: readonly Volume[] | undefined, indented = false): void {
  const indent = indented ? '  ' : ''
  if (!volumes?.length) {
    writer.line(0, `${indent}Volumes:`, '<none>')
    return
  }
  writer.line(0, `${indent}Volumes:`)
  for (const volume of volumes) {
    writer.line(1, `${indented ? ' ' : ''}${volume.name}:`)
    writeSource(writer, volume, SOURCES)
  }
}

/** What a PersistentVolume is made of: its spec has one of the same fields. */
export function writePersistentSource(writer: Writer, spec: object): void {
  writeSource(writer, spec, {
    hostPath: HOST_PATH,
    nfs: NFS,
    local: (own: Writer, { path }: { path: string }) =>
      fields(own, 'LocalVolume (a persistent volume backed by local storage on a node)', ['Path', path]),
    csi: (
      own: Writer,
      csi: {
        driver: string
        fsType?: string
        volumeHandle: string
        readOnly?: boolean
        volumeAttributes?: Record<string, string>
      },
    ) => {
      fields(
        own,
        'CSI (a Container Storage Interface (CSI) volume source)',
        ['Driver', csi.driver],
        ['FSType', csi.fsType],
        ['VolumeHandle', csi.volumeHandle],
        ['ReadOnly', csi.readOnly ?? false],
      )
      volumeAttributesLines(own, csi.volumeAttributes)
    },
  })
}

function writeSource(writer: Writer, volume: object, sources: object): void {
  for (const [name, write] of Object.entries(sources) as [string, (writer: Writer, source: unknown) => void][]) {
    const source = (volume as Readonly<Record<string, unknown>>)[name]
    if (source !== undefined && source !== null) {
      write(writer, source)
      return
    }
  }
  const image = (volume as { image?: { reference?: string; pullPolicy?: string } }).image
  if (image) {
    fields(writer, 'Image (a container image or OCI artifact)', ['Reference', image.reference], ['PullPolicy', image.pullPolicy])
  } else writer.line(1, '<unknown>')
}
