namespace Headrace.Linux;

/// <summary>Hands records to a delegate.</summary>
internal readonly struct DelegateConsumer(RecordHandler handler) : IRecordConsumer
{
    public void Consume(ReadOnlySpan<byte> record) => handler(record);
}
