// Package credential hashes passwords with bounded memory, checks new ones against the policy and the account's history, replaces
// them, and generates them.
package credential
