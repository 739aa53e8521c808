// Package view keeps lists of accounts that operators have named, as their filters and their order. The list itself reads these; here they
// are text.
package view
