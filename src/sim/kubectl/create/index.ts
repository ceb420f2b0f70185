/** What `kubectl create` can make, as its help lists it. */

import type { Command } from '../command'
import { deployment } from './deployment'

export const GENERATORS: readonly Command[] = [deployment]
