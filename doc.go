// Package latchkey is the root of the module and contains no code. Its tests check imports, documents and words; the program
// starts in cmd/web.
package latchkey
