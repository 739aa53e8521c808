// Package names compares account names: which are the same, which look alike, and which a search finds. Its functions are pure, and
// shared by the use cases, the password policy and the migrations. See docs/decisions/0031-names.md.
package names
