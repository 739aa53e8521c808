// Package accounts holds the use cases and every rule of an account's life: who may do what to whom, how one signs in,
// what a new password must satisfy, when it ends, and when an account is refused for a time.
//
// [Service] has one method a use case, in the file of its subject: create.go, signin.go, password.go, lifecycle.go and so
// on. authorize.go alone decides who may do what; lockout.go alone counts failed attempts. A use case judges its input
// first, then changes everything in one transaction: the account, the audit event, the mail.
package accounts
