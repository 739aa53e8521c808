// Package sealing keeps the key of the secrets that the program has to read again. docs/decisions/0034-sealing-key.md describes it.
package sealing
