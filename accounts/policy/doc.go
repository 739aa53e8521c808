// Package policy applies the password policies in force to accounts: which policy an account has, in which state it is, and when
// its password expires.
package policy
