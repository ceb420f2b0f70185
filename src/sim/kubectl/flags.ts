/** Flags that every command has, and those that several share. Models k8s.io/cli-runtime/pkg/genericclioptions and cmdutil. */
import { type Flag, flag, refused } from './command'

/** `kubectl options` */
export const GLOBAL_FLAGS: readonly Flag[] = [
  flag.string(
    'as',
    'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.',
  ),
  flag.array('as-group', 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.'),
  flag.string('as-uid', 'UID to impersonate for the operation.'),
  flag.array(
    'as-user-extra',
    'User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the same key.',
  ),
  flag.string('cluster', 'The name of the kubeconfig cluster to use'),
  flag.string('context', 'The name of the kubeconfig context to use'),
  flag.string('kubeconfig', 'Path to the kubeconfig file to use for CLI requests.'),
  flag.string('namespace', 'If present, the namespace scope for this CLI request', { short: 'n' }),
  flag.string(
    'request-timeout',
    "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
    { value: '0' },
  ),
  flag.string('user', 'The name of the kubeconfig user to use'),
  flag.bool('warnings-as-errors', 'Treat warnings received from the server as errors and exit with a non-zero exit code'),
  ...refused(
    'cache-dir certificate-authority client-certificate client-key disable-compression:bool insecure-skip-tls-verify:bool kuberc log-flush-frequency:duration match-server-version:bool password profile profile-output s/server tls-server-name token username v/v:int vmodule',
  ),
]

export const SELECTOR = flag.string(
  'selector',
  "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
  { short: 'l' },
)
export const FIELD_SELECTOR = flag.string(
  'field-selector',
  "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
)
export const ALL_NAMESPACES = flag.bool(
  'all-namespaces',
  'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  { short: 'A' },
)
export const CHUNK_SIZE = flag.int('chunk-size', 'Return large lists in chunks rather than all at once. Pass 0 to disable.', {
  value: 500,
})
export const CASCADE = flag.string(
  'cascade',
  'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
  { value: 'background', bare: 'background' },
)
export const DRY_RUN = flag.string(
  'dry-run',
  'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
  { value: 'none', bare: 'unchanged' },
)
export const VALIDATE = flag.string(
  'validate',
  'Must be one of: strict (or true), warn, ignore (or false). "true" or "strict" will use a schema to validate the input and fail the request if invalid.',
  { value: 'strict', bare: 'strict' },
)
export const SAVE_CONFIG = flag.bool(
  'save-config',
  'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
)
export const KUSTOMIZE = flag.string(
  'kustomize',
  "Process the kustomization directory. This flag can't be used together with -f or -R.",
  { short: 'k' },
)
export const RECURSIVE = flag.bool(
  'recursive',
  'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
  { short: 'R' },
)
export const SHOW_MANAGED = flag.bool(
  'show-managed-fields',
  'If true, keep the managedFields when printing objects in JSON or YAML format.',
)
export const TEMPLATE = flag.string(
  'template',
  'Template string or path to template file to use when -o=go-template, -o=go-template-file.',
)
export const ALLOW_MISSING = flag.bool(
  'allow-missing-template-keys',
  'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  { value: true },
)

export const fieldManager = (name: string): Flag =>
  flag.string('field-manager', 'Name of the manager used to track field ownership.', { value: name })
export const filename = (usage: string): Flag =>
  flag.slice('filename', `Filename, directory, or URL to files ${usage}`, { short: 'f' })
export const output = (
  formats = 'json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file',
): Flag => flag.string('output', `Output format. One of: (${formats}).`, { short: 'o' })

/** What every command has that prints objects. */
export const PRINT_FLAGS: readonly Flag[] = [output(), TEMPLATE, ALLOW_MISSING, SHOW_MANAGED]
/** What every command has that reads files. */
export const fileFlags = (usage: string): readonly Flag[] => [filename(usage), KUSTOMIZE, RECURSIVE]
