// Package accounts is the directory of accounts: it creates, edits, lists and deletes them, and resets their passwords.
//
// [Service] has one method per use case, in the file of its subject: create.go, lifecycle.go and so on. A use case validates its input
// first, then changes everything in one transaction: the account, the audit event, the mail.
//
// The other features are packages below this one, which do not import it. [New] wires them, and a Service holds them in its fields.
package accounts
