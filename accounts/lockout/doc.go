// Package lockout counts failed attempts to prove that an account is one's own, and blocks the account after too many. It works for
// any proof: see [Service.Attempt].
package lockout
