namespace Headrace.Linux;

/// <summary>Takes records from a ring; a struct that implements it is compiled into the reader's loop.</summary>
public interface IRecordConsumer
{
    /// <summary>Takes one record, whose bytes are valid until it returns.</summary>
    void Consume(ReadOnlySpan<byte> record);
}
