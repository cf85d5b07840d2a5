package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/produce"
)

// acksAll (-1) asks for an answer when every in-sync replica has the records.
const acksAll uint16 = 0xffff

// The versions of the Produce API whose layout produceRequest writes.
const (
	produceOldest int16 = 3
	produceNewest int16 = 8
)

// produceRequest stores one batch in one partition. kafka-go's own request type
// cannot carry a producer id.
type produceRequest struct {
	at        topicPartition
	batch     []byte
	timeoutMs int32
}

// write writes the request without copying the batch.
func (r *produceRequest) write(w io.Writer, version int16, clientID string) error {
	if version < produceOldest || version > produceNewest {
		return fmt.Errorf("version %d of the Produce API: %w", version, kafka.UnsupportedVersion)
	}
	be := binary.BigEndian
	b := appendHeader(make([]byte, 0, 64+len(clientID)+len(r.at.topic)), protocol.Produce, version, clientID)
	b = be.AppendUint16(b, ^uint16(0)) // no transactional id
	b = be.AppendUint16(b, acksAll)
	b = be.AppendUint32(b, uint32(r.timeoutMs))
	b = be.AppendUint32(b, 1) // topics
	b = appendString(b, r.at.topic)
	b = be.AppendUint32(b, 1) // partitions
	b = be.AppendUint32(b, uint32(r.at.partition))
	b = be.AppendUint32(b, uint32(len(r.batch)))
	be.PutUint32(b, uint32(len(b)-4+len(r.batch)))
	if _, err := w.Write(b); err != nil {
		return err
	}
	_, err := w.Write(r.batch)
	return err
}

// produce stores a batch and returns the broker's verdict. The batch may still
// be read after an error that is not a kafka.Error: a connection may be busy
// writing it.
func (c *cluster) produce(ctx context.Context, broker int32, at topicPartition, batch []byte) error {
	wait := c.config.Timeouts.Request
	r := &produceRequest{at: at, batch: batch, timeoutMs: int32(wait.Milliseconds())}
	m, err := c.send(ctx, wait, &exchange{broker: broker, request: &produce.Request{}, write: r.write})
	if err != nil {
		return err
	}
	res, ok := m.(*produce.Response)
	if !ok || len(res.Topics) != 1 || len(res.Topics[0].Partitions) != 1 {
		return fmt.Errorf("the broker did not answer for %s", at)
	}
	p := &res.Topics[0].Partitions[0]
	if kafka.Error(p.ErrorCode) == kafka.DuplicateSequenceNumber {
		return nil // stored before
	}
	if p.ErrorCode != 0 && p.ErrorMessage != "" {
		return fmt.Errorf("%s: %w", p.ErrorMessage, kafka.Error(p.ErrorCode))
	}
	return errOf(p.ErrorCode)
}
