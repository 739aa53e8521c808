// Package accounts holds the use cases and every rule of an account's life: who may do what to whom, how one signs in,
// what a new password must satisfy, when it ends, and when an account is refused for a time.
//
// [Service] has one method a use case, in the file of its subject: create.go, signin.go, password.go, lifecycle.go and so
// on. authorize.go alone decides who may do what. A use case judges its input first, then changes everything in one
// transaction: the account, the audit event, the mail.
//
// Guessing is held off by a unit of its own. authenticate.go is the one gate for a present password; lockout.go reserves an
// attempt before it is looked at and settles it after; budget.go says how many there may be, blacklist.go what a failure
// and a success do to the counts; devices.go tells known browsers from strangers, address_limit.go bounds what fails from
// one address, hashes.go how many hashes are computed and waited for.
package accounts
