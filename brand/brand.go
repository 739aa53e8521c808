// Package brand is the operator's name, logo and accent colour on the pages and mails of end users.
package brand

import "cmp"

// Product is the name of this program.
const Product = "Latchkey"

// Brand is what an operator sets; the zero value is the program's own.
type Brand struct {
	Name   string  // "" = Product
	Logo   *Logo   // nil = none
	Accent *Accent // nil = the program's
}

// Title returns the name to show.
func (b Brand) Title() string { return cmp.Or(b.Name, Product) }

// Own reports whether the operator set a name, logo or accent, so that pages must say which program this is.
func (b Brand) Own() bool { return b.Title() != Product || b.Logo != nil || b.Accent != nil }

// Colours returns the accent to show.
func (b Brand) Colours() Accent {
	if b.Accent == nil {
		return own
	}
	return *b.Accent
}
