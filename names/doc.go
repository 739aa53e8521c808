// Package names says which account names are the same, which look alike, and what lists are searched for: pure functions of
// text, which the use cases, the password policy and the database's migrations share. See docs/decisions/0031-names.md.
package names
