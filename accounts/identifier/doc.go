// Package identifier parses what accounts are called: names and e-mail addresses, and the keys by which they are compared. Its
// functions are pure.
package identifier
