// Package core is what all use cases share: who acts and what they may do, the transaction in which that is checked again,
// the errors that use cases return, audit events, the clock, ids and tokens.
package core
