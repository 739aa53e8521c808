// Package accounts holds the use cases: who may do what to which account, how one signs in, what a new password must satisfy, when it
// expires, and when an account is blocked.
//
// [Service] has one method per use case, in the file of its subject: create.go, signin.go, password.go, lifecycle.go and so on. A use
// case validates its input first, then changes everything in one transaction: the account, the audit event, the mail.
//
// What several features share is in core (actors, permissions, errors, audit events), identifier (names and e-mail addresses), policy (states and expiry), lockout (failed
// attempts, blocks, trusted browsers), ratelimit (failed attempts per network) and task (long work). authenticate.go verifies a present
// password through lockout, and hashes.go limits how many passwords are hashed and wait at once.
package accounts
