// Package latchkey is the root of the module and holds no code: its tests keep the rules of the house,
// the program starts in cmd/web.
package latchkey
