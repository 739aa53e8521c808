package sealing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/seal"
	"latchkey/models"
)

// inFlight is how long a mail may have been on its way when the key was replaced.
const inFlight = time.Minute

// rowsAtOnce is how many secrets a transaction seals again.
const rowsAtOnce = 100

// Rotation is the result of [Service.Rotate].
type Rotation struct {
	Key      string // the id of the new key
	Prepared bool   // the new key is in the file, but not in use: call Rotate again once every process can read it
	Resealed int    // secrets
	Links    int    // that were in mails, and that only the former key could verify
	Kept     error  // why the former keys are still in the file, where they open nothing any more
}

// ErrRotating means that another rotation has changed the file or the key of the database since this one began.
var ErrRotating = errors.New("another rotation runs: wait for it, then run this one again")

// Rotate replaces the key. Each step leaves a file and a database that work together, and another call continues where one was stopped:
// the file gets the new key in front of the former one; the database names the new key, so that every process seals with it; the
// secrets are sealed again; the file loses the former key. If the file has several keys already, the first is the new one. With alone,
// there is no other file that needs the new key before it is used.
func (s *Service) Rotate(ctx context.Context, actor core.Actor, file File, alone bool) (done Rotation, err error) {
	if err := s.Start(ctx, file, false, false); err != nil {
		return done, err
	}
	next, added, err := s.nextKey(ctx, file)
	if err != nil {
		return done, err
	}
	done.Key, done.Prepared = next.ID(), added && !alone
	if done.Prepared {
		return done, nil
	}
	if err := s.adopt(ctx, actor, file, next); err != nil {
		return done, err
	}
	if done.Resealed, err = s.reseal(ctx, next); err != nil {
		return done, err
	}
	done.Links, done.Kept, err = s.removeFormer(ctx, file, next)
	return done, err
}

// locked calls do while no other process seals or rotates.
func (s *Service) locked(ctx context.Context, do func(tx *models.Tx, current models.SealingKey) error) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		current, err := tx.SealingKeyForUpdate()
		if err != nil {
			return err
		}
		return do(tx, current)
	})
}

// nextKey returns the first key of the file, which it adds in front of a single one.
func (s *Service) nextKey(ctx context.Context, file File) (next *seal.Key, added bool, err error) {
	err = s.locked(ctx, func(*models.Tx, models.SealingKey) error {
		keys, err := file.Read()
		if err != nil {
			return err
		}
		if added = len(keys) == 1; added {
			made, err := seal.NewKey(s.core.Random())
			if err != nil {
				return err
			}
			keys = slices.Insert(keys, 0, made)
			if err := file.Replace(keys); err != nil {
				return fmt.Errorf("the new key cannot be written; put one in front of the former one by hand, on a line of its own: %w", err)
			}
		}
		next = keys[0]
		return nil
	})
	if err == nil {
		_, err = s.keys.Read()
	}
	return next, added, err
}

// adopt makes a key the one with which new secrets are sealed.
func (s *Service) adopt(ctx context.Context, actor core.Actor, file File, next *seal.Key) error {
	return s.locked(ctx, func(tx *models.Tx, current models.SealingKey) error {
		if err := checkFirst(file, next); err != nil || current.KeyID == next.ID() {
			return err
		}
		if err := tx.ReplaceSealingKey(current.KeyID, s.row(next)); err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionKeyRotated, models.Account{})
	})
}

func checkFirst(file File, next *seal.Key) error {
	keys, err := file.Read()
	if err == nil && keys[0].ID() != next.ID() {
		err = ErrRotating
	}
	return err
}

// removeFormer removes all keys but the next from the file, once nothing is sealed with them. Links whose mails were sent before have
// tokens of the former key, and are dead then.
func (s *Service) removeFormer(ctx context.Context, file File, next *seal.Key) (links int, kept, err error) {
	err = s.locked(ctx, func(tx *models.Tx, current models.SealingKey) error {
		left, err := tx.CountSealed(next.ID())
		if err != nil {
			return err
		}
		if current.KeyID != next.ID() || left > 0 {
			return ErrRotating
		}
		if err := checkFirst(file, next); err != nil {
			return err
		}
		if links, err = tx.RevokeLinksSentBefore(current.Since.Add(inFlight), s.core.Now()); err != nil {
			return err
		}
		kept = file.Replace([]*seal.Key{next})
		return nil
	})
	return links, kept, err
}

// reseal seals all secrets of other keys with the new one.
func (s *Service) reseal(ctx context.Context, next *seal.Key) (done int, err error) {
	for {
		var rows []models.Sealed
		err := s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			// Another rotation that has begun since must not find its secrets sealed with a key that it removes from the file.
			if current, err := tx.SealingKeyForShare(); err != nil {
				return err
			} else if current.KeyID != next.ID() {
				return ErrRotating
			}
			if rows, err = tx.SealedSecrets(models.Sealed{}, rowsAtOnce, next.ID()); err != nil {
				return err
			}
			for _, row := range rows {
				secret, err := s.keys.Open(row.Secret, row.ID)
				if err != nil {
					return fmt.Errorf("the secret of %s %s: %w", row.Kind, row.ID, err)
				}
				if err := tx.Reseal(row, next.Seal(secret, row.ID)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return done, err
		}
		done += len(rows)
	}
}

// Discard deletes in a transaction what a secret that cannot be opened is part of.
type Discard func(tx *models.Tx, actor core.Actor, secret models.Sealed) error

// Discarded says how many secrets of each kind were deleted.
type Discarded map[models.SealedKind]int

// Discard deletes all secrets that the keys of the file do not open, each in the way of its kind, and makes the first key that of the
// database.
func (s *Service) Discard(
	ctx context.Context, actor core.Actor, file File, mayCreate bool, kinds map[models.SealedKind]Discard,
) (discarded Discarded, err error) {
	if _, err := file.Read(); errors.Is(err, fs.ErrNotExist) && mayCreate {
		if err := s.newFile(file); err != nil {
			return nil, err
		}
	}
	if _, err := s.keys.Read(); err != nil {
		return nil, err
	}
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		discarded = Discarded{}
		if _, err := s.claim(tx); err != nil {
			return err
		}
		current, err := tx.SealingKeyForUpdate()
		if err != nil {
			return err
		}
		keys, err := s.keys.Read() // now that no rotation changes them
		if err != nil {
			return err
		}
		if err := s.discard(tx, actor, kinds, discarded); err != nil {
			return err
		}
		if !slices.ContainsFunc(keys, func(key *seal.Key) bool { return key.ID() == current.KeyID && s.checkKnown(key, current) == nil }) {
			if err := tx.ReplaceSealingKey(current.KeyID, s.row(keys[0])); err != nil {
				return err
			}
		}
		total := 0
		for _, count := range discarded {
			total += count
		}
		return s.core.Audit(tx, actor, core.ActionSealedDiscarded, models.Account{}, core.DetailSecrets.Count(total))
	})
	return discarded, err
}

func (s *Service) discard(tx *models.Tx, actor core.Actor, kinds map[models.SealedKind]Discard, discarded Discarded) error {
	last := models.Sealed{}
	for {
		rows, err := tx.SealedSecrets(last, rowsAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			_, err := s.keys.Open(row.Secret, row.ID)
			if errors.Is(err, seal.ErrOpen) {
				err = kinds[row.Kind](tx, actor, row)
				discarded[row.Kind]++
			}
			if err != nil {
				return err
			}
		}
		last = rows[len(rows)-1]
	}
}
