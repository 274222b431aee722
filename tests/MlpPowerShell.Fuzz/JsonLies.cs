using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlpPowerShell.Fuzz;

/// <summary>JSON of which one value says something else than it should; what stands in a text as JSON is taken apart too.</summary>
internal static class JsonLies
{
    // Of a list, the first members and the last one stand for all.
    private const int MostMembers = 3;

    private static readonly string[] _any =
    [
        "null", "true", "-1", "0", "1", "9007199254740993", "1e308", "-1e-320", "[]", "{}", "[null]", "\"\"",
        "\"\\u001b]0;t\\u0007\\u202e\"",
        "\"9999-12-31\"", "\"0001-01-01T00:00:00\"", "\"NaN\"", "\"System.DateTime\"", "\"System.Byte\"", "\"List`1[[a, b]]\"",
    ];

    /// <summary>The lies of a document.</summary>
    public static IEnumerable<byte[]> Of(byte[] json) =>
        Of(JsonNode.Parse(json)).Select(lie => JsonSerializer.SerializeToUtf8Bytes(lie));

    private static IEnumerable<JsonNode?> Of(JsonNode? node)
    {
        foreach (string lie in _any)
            yield return JsonNode.Parse(lie);
        IEnumerable<JsonNode?> more = node switch
        {
            JsonObject members => OfMembers(members),
            JsonArray items => OfItems(items),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => OfText(value.GetValue<string>()),
            _ => [],
        };
        foreach (JsonNode? lie in more)
            yield return lie;
    }

    private static IEnumerable<JsonNode?> OfMembers(JsonObject members)
    {
        foreach (string name in members.Select(member => member.Key).ToArray())
        {
            JsonObject without = members.DeepClone().AsObject();
            without.Remove(name);
            yield return without;
            foreach (JsonNode? lie in Of(members[name]))
            {
                JsonObject other = members.DeepClone().AsObject();
                other[name] = lie?.DeepClone();
                yield return other;
            }
        }
    }

    private static IEnumerable<JsonNode?> OfItems(JsonArray items)
    {
        foreach (int place in Enumerable.Range(0, items.Count).Where(place => place < MostMembers || place == items.Count - 1))
        {
            JsonArray without = items.DeepClone().AsArray(), twice = items.DeepClone().AsArray();
            without.RemoveAt(place);
            yield return without;
            twice.Add(items[place]?.DeepClone());
            yield return twice;
            foreach (JsonNode? lie in Of(items[place]))
            {
                JsonArray other = items.DeepClone().AsArray();
                other[place] = lie?.DeepClone();
                yield return other;
            }
        }
    }

    private static IEnumerable<JsonNode?> OfText(string text)
    {
        yield return JsonValue.Create($"{text}\u001b[2J");
        yield return JsonValue.Create(new string('x', 100_000));
        if (text is not ['{' or '[', ..])
            yield break;
        foreach (JsonNode? lie in Of(JsonNode.Parse(text)))
            yield return JsonValue.Create(lie?.ToJsonString() ?? "null");
    }
}
