// Package mfa is the second factor of accounts: authenticator apps and the recovery codes that replace a lost factor.
package mfa
